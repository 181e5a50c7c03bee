"""What a screen that others can see shows of a person."""

# The compound surnames that are in use; another two-sign surname is masked as a one-sign one, which hides more.
_COMPOUND = """
    欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 宇文 长孙 端木 司空 南宫 西门 轩辕 独孤 百里 东郭
    呼延 闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 赫连 拓跋 完颜 第五 公羊 公西 万俟
    南郭 歐陽 諸葛 東方 尉遲 司馬 長孫 軒轅 獨孤
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
MOBILE_DIGITS = 11
ERASED = "已注销"  # What stands in place of the name of somebody who had their data removed; then the number.


def masked_name(name: str) -> str:
    """Return 王*兰 for 王秀兰, 王* for 王兰, 欧阳*远 for 欧阳修远, A*** for Anna."""
    if not name:
        return "*"
    if name.startswith(ERASED):
        return name
    if not all(_is_han(sign) for sign in name):
        return name[0] + "***"
    compound = name[:2] in COMPOUND_SURNAMES and name[2:]
    surname, given = (name[:2], name[2:]) if compound else (name[:1], name[1:])
    return surname + ("*" * (len(given) - 1) + given[-1] if given[1:] else "*")


def masked_phone(phone: str) -> str:
    """Return 138****1234 for 13800001234; of a shorter number the last two digits."""
    if len(phone) >= MOBILE_DIGITS:
        return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
    return "*" * (len(phone) - 2) + phone[-2:] if phone else ""


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or sign in "〇々" or "\U00020000" <= sign <= "\U0003ffff"
