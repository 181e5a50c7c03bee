"""What a browser is called: a short name from its user agent, of which nothing else is kept."""

from kernel.errors import N_
from web.i18n import gettext

# The first that is found counts: every browser also claims to be older ones.
BROWSERS = (
    ("wechat", ("MicroMessenger", "WeChat"), N_("WeChat")),
    ("alipay", ("AlipayClient",), N_("Alipay")),
    ("dingtalk", ("DingTalk",), N_("DingTalk")),
    ("qq", ("MQQBrowser", "QQBrowser", " QQ/"), N_("QQ browser")),
    ("uc", ("UCBrowser",), N_("UC browser")),
    ("quark", ("Quark",), N_("Quark")),
    ("baidu", ("baiduboxapp", "Baidu"), N_("Baidu")),
    ("huawei", ("HuaweiBrowser",), N_("Huawei browser")),
    ("xiaomi", ("MiuiBrowser",), N_("Xiaomi browser")),
    ("vivo", ("VivoBrowser",), N_("vivo browser")),
    ("oppo", ("HeyTapBrowser", "OppoBrowser"), N_("OPPO browser")),
    ("samsung", ("SamsungBrowser",), N_("Samsung browser")),
    ("edge", ("Edg",), "Edge"),
    ("opera", ("OPR/", "Opera"), "Opera"),
    ("firefox", ("Firefox", "FxiOS"), "Firefox"),
    ("chrome", ("Chrome", "CriOS", "Chromium"), "Chrome"),
    ("safari", ("Safari",), "Safari"),
    ("browser", ("Mozilla",), N_("Browser")),
)
PROGRAM = "program"
SYSTEMS = (
    ("harmony", ("HarmonyOS", "OpenHarmony"), N_("HarmonyOS")),
    ("android", ("Android",), N_("Android")),
    ("ipad", ("iPad",), "iPad"),
    ("iphone", ("iPhone", "iPod"), "iPhone"),
    ("windows", ("Windows",), "Windows"),
    ("mac", ("Macintosh", "Mac OS X"), "Mac"),
    ("linux", ("Linux", "X11"), "Linux"),
)
_WORDS = {name: word for name, _, word in (*BROWSERS, *SYSTEMS)} | {PROGRAM: N_("Program")}
ON_A_DESK = {"windows", "mac", "linux"}
LONGEST = 1000


def short_name(agent: str) -> str:
    """Return browser and system in two plain words, such as `wechat android`."""
    text = agent[:LONGEST]
    found = [
        next((name for name, signs, _ in kinds if any(sign in text for sign in signs)), "")
        for kinds in (BROWSERS, SYSTEMS)
    ]
    return " ".join([found[0] or PROGRAM, *filter(None, found[1:])])


def said(short: str) -> str:
    """Return a short name as the reader says it: 微信 · 安卓."""
    return " · ".join(gettext(_WORDS[word]) for word in short.split() if word in _WORDS)


def is_phone(short: str) -> bool:
    """Say whether a browser is carried about, for the picture beside its name."""
    return not ON_A_DESK & set(short.split())
