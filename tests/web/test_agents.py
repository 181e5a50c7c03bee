"""What a browser is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import i18n
from web.agents import is_phone, said, short_name

ANDROID = "Mozilla/5.0 (Linux; Android 14; V2244A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 ArkWeb/4.1 Mobile"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "short", "chinese"),
    [
        (f"{ANDROID} Mobile Safari/537.36 MicroMessenger/8.0.49(0x28003133)", "wechat android", "微信 · 安卓"),
        (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.49", "wechat iphone", "微信 · iPhone"),
        (f"{WINDOWS} Chrome/116.0 NetType/WIFI MicroMessenger/7.0.20", "wechat windows", "微信 · Windows"),
        (f"{ANDROID} HuaweiBrowser/15.0 Mobile Safari/537.36", "huawei android", "华为浏览器 · 安卓"),
        (f"{HARMONY} HuaweiBrowser/5.0", "huawei harmony", "华为浏览器 · 鸿蒙"),
        (f"{ANDROID} XiaoMi/MiuiBrowser/18.5", "xiaomi android", "小米浏览器 · 安卓"),
        (f"{ANDROID} VivoBrowser/20.1", "vivo android", "vivo 浏览器 · 安卓"),
        (f"{ANDROID} MQQBrowser/14.9 Mobile Safari/537.36", "qq android", "QQ 浏览器 · 安卓"),
        (f"{ANDROID} Mobile Safari/537.36", "chrome android", "Chrome · 安卓"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "safari iphone", "Safari · iPhone"),
        (f"{WINDOWS} Chrome/126.0 Safari/537.36 Edg/126.0", "edge windows", "Edge · Windows"),
        (f"{MAC} Version/17.5 Safari/605.1.15", "safari mac", "Safari · Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "firefox linux", "Firefox · Linux"),
        ("python-httpx/0.28", "program", "程序"),
        ("", "program", "程序"),
    ],
)  # fmt: skip
def test_a_browser_is_named_by_two_plain_words(agent, short, chinese):
    assert short_name(agent) == short
    with i18n.speaking("zh_Hans"):
        assert said(short) == chinese


@given(st.text())
def test_any_agent_has_a_short_name_that_holds_nothing_of_it(agent):
    short = short_name(agent)
    assert len(short) <= 40
    assert said(short)


def test_a_phone_is_told_from_a_computer():
    assert [is_phone(each) for each in ("wechat android", "edge windows", "safari mac")] == [
        True,
        False,
        False,
    ]


def test_words_that_are_no_names_are_not_shown():
    assert said("<b> android") == said("android") != ""
    assert said("") == ""
