#!/usr/bin/env python3
"""Writes the public holidays of every country as COUNTRY.csv, one `DATE,NAME` a line.

    pip install holidays==0.109
    python3 models/holidays/generate.py models/holidays 2020 2032

Countries are ISO 3166-1 alpha-2 codes; holidays of single states or provinces are left out. Names are
English where the package has them.
"""

import sys

import holidays


def names(country, years):
    """The country's holidays, in English if it can be had."""
    languages = holidays.list_localized_countries().get(country, [])
    english = next((name for name in ("en_US", "en_GB", "en") if name in languages), None)
    return holidays.country_holidays(country, years=years, language=english)


def main():
    folder, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for country in sorted(c for c in holidays.list_supported_countries() if len(c) == 2):
        entries = sorted(names(country, range(first, last + 1)).items())
        if not entries:
            continue
        with open(f"{folder}/{country}.csv", "w", encoding="utf-8") as file:
            file.write(
                f"# public holidays of {country}, {first} to {last}: PyPI holidays "
                f"{holidays.__version__}, MIT; by generate.py\n")
            for day, name in entries:
                file.write(f"{day.isoformat()},{name}\n")


main()
