"""What the demo community is made of. All people are invented; their phone numbers cannot exist."""

from enum import Enum
from typing import NamedTuple

from redemption.cost_shares import Terms
from redemption.states import Source

COMMUNITY = "金苑社区（演示）"
OFFICE_PHONE = "1000000000"
SHOP = "金苑慈善超市"
PASSWORD = "rainbow-demo"  # noqa: S105  printed for everybody, and only the demo has it
WORKDAYS = (0, 1, 2, 3, 4)
SHOP_DAYS = (1, 4)  # Tuesday and Friday afternoon
POINTS_PER_HOUR = 10
NIGHT = "安全"  # its rule changes half-way, so that both versions are in the books
NIGHT_POINTS_PER_HOUR = (15, 13)
POINTS_FOR_LEADING = 5
POINTS_PER_DAY = 60


class Compound(NamedTuple):
    """A housing compound and the company that manages it."""

    name: str
    company: str


COMPOUNDS = (
    Compound("金苑一期", "安和物业（演示）"),
    Compound("金苑二期", "安和物业（演示）"),
    Compound("桥畔花园", "邻里物业（演示）"),
    Compound("彩虹里", "邻里物业（演示）"),
)


class Staff(NamedTuple):
    """Somebody who works here; only those with a sign-in name get a password."""

    name: str
    role: str
    sign_in_name: str = ""
    company: str = ""


STAFF = (
    Staff("冯涛", "admin", "admin"),
    Staff("陈静", "organiser", "organiser"),
    Staff("赵志强", "organiser"),
    Staff("孙丽华", "organiser"),
    Staff("周丽", "clerk", "clerk"),
    Staff("吴芳", "clerk"),
    Staff("孙伟", "property_desk", "property", "安和物业（演示）"),
    Staff("钱勇", "property_desk", "property2", "邻里物业（演示）"),
    Staff("郑国庆", "auditor", "auditor"),
    Staff("邱建民", "merchant", "barber", "巷口理发（演示）"),
    Staff("石玉梅", "merchant", "canteen", "社区食堂（演示）"),
)

HAIRCUT, LUNCH = "理发", "午餐"


class Shared(NamedTuple):
    """A service of a partner, and who pays what of it."""

    merchant: str
    name: str
    terms: Terms


SERVICES = (
    Shared(
        *("巷口理发（演示）", HAIRCUT),
        Terms(
            list_fen=2000, subsidy_fen=300, discount_fen=500, points=20, points_fen=400, a_month=2
        ),
    ),
    Shared(
        *("社区食堂（演示）", LUNCH),
        Terms(list_fen=1200, subsidy_fen=300, discount_fen=100, elder_percent=50, a_day=1),
    ),
)
FUNDS = (
    ("敬老基金", "给有困难的老人家送米面粮油"),
    ("助学基金", "给困难家庭的孩子添文具"),
)

SURNAMES = "王李张刘陈杨黄吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
GIVEN_ELDER = (
    *(
        "秀兰",
        "建国",
        "桂英",
        "玉珍",
        "德明",
        "淑华",
        "凤英",
        "国强",
        "素芬",
        "金花",
        "长顺",
        "玉兰",
        "学文",
        "月娥",
    ),
    *(
        "志远",
        "惠芳",
        "永福",
        "翠萍",
        "庆生",
        "美玲",
        "振华",
        "彩霞",
        "保国",
        "云香",
        "卫东",
        "红梅",
        "爱民",
        "秋菊",
    ),
)
GIVEN_YOUNG = (
    *(
        "伟",
        "敏",
        "静",
        "磊",
        "洋",
        "艳",
        "勇",
        "娟",
        "涛",
        "明",
        "超",
        "霞",
        "平",
        "刚",
        "婷婷",
        "雪",
        "浩然",
        "子涵",
    ),
    *(
        "欣怡",
        "宇轩",
        "思远",
        "佳琪",
        "文博",
        "雨桐",
        "晓东",
        "丽娜",
        "嘉豪",
        "梦瑶",
        "志鹏",
        "慧",
        "俊杰",
        "若琳",
    ),
)
GIVEN_CHILD = ("梓涵", "浩宇", "一诺", "子轩", "诗涵", "俊熙", "可馨", "皓轩", "语桐", "天佑")
FIRST_HOUSEHOLD = ("王秀兰", "李建国")  # she and her husband, one phone between them


class Season(Enum):
    """In which weeks something takes place."""

    ALWAYS = "always"
    SCHOOL = "school"
    MONTHLY = "monthly"
    STORMS = "storms"


class Timetable(NamedTuple):
    """An activity, when it takes place and how many come. Weekdays count from Monday = 0.

    In the `quiet` weeks of each thirteen nobody asks for it. What is on call has no shift: everybody starts alone.
    """

    title: str
    category: str
    place: str
    weekdays: tuple[int, ...]
    starts: tuple[int, int]
    minutes: int
    people: int
    multiplier_percent: int
    season: Season = Season.ALWAYS
    quiet: tuple[int, ...] = ()
    on_call: bool = False


ACTIVITIES = (
    Timetable("周六清洁家园", "环境", "金苑一期南门", (5,), (8, 30), 120, 12, 100),
    Timetable("垃圾分类引导", "环境", "各小区投放点", (2, 6), (18, 30), 90, 3, 100),
    Timetable("平安夜巡", NIGHT, "社区警务室", (0, 2, 4), (20, 0), 90, 4, 100),
    Timetable("敬老送餐", "助老", "社区食堂", WORKDAYS, (11, 0), 60, 3, 120),
    Timetable(
        *("陪诊代办", "助老", "社区医院", (1,), (8, 0), 180, 1, 150),
        quiet=(3, 7, 11),
        on_call=True,
    ),
    Timetable("银龄手机课", "助老", "社区活动室", (3,), (15, 0), 120, 3, 120),
    Timetable(
        "四点半课堂", "儿童", "社区图书角", (0, 1, 2, 3), (16, 30), 90, 3, 120, Season.SCHOOL
    ),
    Timetable("邻里调解", "调解", "调解室", (4,), (9, 30), 60, 2, 130, quiet=(5,), on_call=True),
    Timetable("节日活动筹备", "文化", "社区活动室", (6,), (14, 0), 180, 15, 100, Season.MONTHLY),
    Timetable("超市值班", "慈善", SHOP, SHOP_DAYS, (14, 0), 180, 2, 100),
    Timetable("文明劝导", "交通", "实验小学路口", WORKDAYS, (7, 20), 45, 3, 100, Season.SCHOOL),
    Timetable("暴雨扫雪应急", "应急", "各小区", (), (14, 0), 180, 30, 200, Season.STORMS),
)
NOW = Timetable("社区开放日", "服务", "居委会大厅", (), (0, 0), 240, 8, 100)
SERVICE_DAY = Timetable("便民服务日", "服务", "居委会大厅", (), (9, 0), 120, 8, 100)
EARLIER_TODAY = Timetable("楼道清洁", "环境", "彩虹里 3 号楼", (), (0, 0), 90, 4, 100)


class Goods(NamedTuple):
    """A thing on the shelf: price in yuan and points, pieces received at first, where they come from."""

    name: str
    yuan: int
    points: int
    pieces: int
    source: Source
    unit: str = "件"
    donor: str = ""


BOUGHT, GIVEN, FREE, RELIEF = (
    Source.PURCHASED,
    Source.SPONSOR,
    Source.DONATED_FREE_USE,
    Source.DONATED_RELIEF,
)
BANK, FIRM = "徐州彩虹银行（演示）", "爱心企业（演示）"
EGGS = "鸡蛋（10 枚）"
RICE = "大米 10 斤装（5 公斤）"
GOODS = (
    Goods("香皂", 4, 8, 120, GIVEN, "块", FIRM),
    Goods("抽纸", 3, 6, 300, BOUGHT, "包"),
    Goods("抽纸（整提 6 包）", 16, 32, 90, BOUGHT, "提"),
    Goods("牙膏", 8, 16, 80, BOUGHT, "支"),
    Goods("毛巾", 9, 18, 70, GIVEN, "条", FIRM),
    Goods("洗洁精 1 公斤", 7, 14, 80, BOUGHT, "瓶"),
    Goods("洗衣液 2 公斤", 18, 36, 60, BOUGHT, "瓶"),
    Goods("垃圾袋", 5, 10, 150, BOUGHT, "卷"),
    Goods("食盐", 3, 6, 100, BOUGHT, "袋"),
    Goods("酱油", 9, 18, 50, BOUGHT, "瓶"),
    Goods("挂面 1 公斤", 7, 14, 90, FREE, "把", "居民捐赠"),
    Goods("牛奶（12 盒）", 38, 76, 30, GIVEN, "箱", BANK),
    Goods("食用油 1.8 升", 25, 50, 60, BOUGHT, "瓶"),
    Goods(RICE, 30, 60, 80, BOUGHT, "袋"),
    Goods("大米（救助专用）", 30, 0, 25, RELIEF, "袋", "民政救助"),
    Goods("雨伞", 20, 40, 25, GIVEN, "把", BANK),
    Goods("保温杯", 30, 60, 20, GIVEN, "个", BANK),
    Goods("书包", 50, 100, 12, FREE, "个", "居民捐赠"),
    Goods("电水壶", 60, 120, 6, GIVEN, "个", FIRM),
    Goods("理发券", 15, 30, 40, GIVEN, "张", "阿强理发（演示）"),
    Goods("亲子课", 25, 50, 20, GIVEN, "次", "小树苗（演示）"),
)
FRESH = Goods(EGGS, 10, 20, 40, BOUGHT, "盒")
FRESH_DAYS = 7
FIRST_BARCODE = 100_001

VOUCHERS = ((1000, 20), (2000, 40), (5000, 100), (10000, 200))  # (fen, points)
COUNT = "月中盘点"
CLOSED = "全店盘点"
