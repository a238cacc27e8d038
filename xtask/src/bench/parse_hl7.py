"""Reads and parses every file below a folder with the `hl7` package; prints how many.

What a program that only parses takes for the same files: nothing is checked, mapped or kept.
"""

import os
import sys

import hl7


def main(root):
    files = segments = 0
    for folder, _, names in os.walk(root):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                text = file.read().decode("iso2022_jp", errors="replace")
            text = text.replace("\r\n", "\r").replace("\n", "\r").strip("\r\x1c")
            segments += len(hl7.parse(text + "\r"))
            files += 1
    print(f"{files} files, {segments} segments")


if __name__ == "__main__":
    main(sys.argv[1])
