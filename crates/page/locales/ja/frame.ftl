# 枠
product = 結び
product-about = 地域医療情報連携
skip = 本文へ移動
nav-all = 全体
nav-home = ホーム
nav-patients = 患者検索
nav-persons = 地域ID
nav-linkage = 名寄せ
nav-settings = 設定
nav-help = ヘルプ
nav-sign-out = ログアウト
