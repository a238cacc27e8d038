# Frame
product = Musubi
product-about = regional health information
skip = Skip to the content
nav-all = Whole site
nav-home = Home
nav-patients = Find a patient
nav-persons = Community IDs
nav-linkage = Linkage
nav-settings = Settings
nav-help = Help
nav-sign-out = Sign out
