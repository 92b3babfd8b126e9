"""What other programmes call the columns of customers, contacts and leads, and what people write for countries and regions."""

from zhike.core.entities import contribute
from zhike.core.transfer.targets import ChoiceFinder, Guess, ImportTarget
from zhike.customers.china import countries, regions


def _country(text: str) -> Guess:
    found = countries.find(text)
    return Guess(found.code, found.suggestions)


def _region(text: str) -> Guess:
    codes = regions.find(text)
    return Guess(codes[0]) if len(codes) == 1 else Guess("", tuple(codes))


contribute(
    ChoiceFinder(list_name="country", find=_country),
    ChoiceFinder(list_name="region", find=_region),
    ImportTarget(
        slug="customers",
        words=(
            ("name", ("客户名称", "公司名称", "企业名称", "单位名称")),
            ("name", ("company", "company name", "account", "account name", "organization")),
            ("short_name", ("简称", "公司简称", "short name", "abbreviation")),
            ("number", ("客户编号", "客户编码", "record id", "account number")),
            ("credit_code", ("统一社会信用代码", "信用代码", "税号", "纳税人识别号", "tax id", "credit code")),
            ("level", ("客户级别", "客户等级", "level", "rating", "tier")),
            ("state", ("客户状态", "状态", "status", "customer status")),
            ("industry", ("行业", "所属行业", "industry", "sector", "vertical")),
            ("source", ("来源", "客户来源", "线索来源", "source", "lead source", "leadsource")),
            ("region", ("地区", "省市区", "所在地区", "region", "state/region")),
            ("parent", ("上级客户", "母公司", "父级客户编码", "parent company", "parent account", "subsidiary of")),
            ("employees", ("总人数", "员工人数", "人数", "人员规模", "employees", "number of employees", "company size")),
            ("annual_revenue", ("销售额", "年营业额", "年收入", "annual revenue", "revenue")),
            ("founded_in", ("成立年份", "成立时间", "year established", "founded", "year founded")),
        ),
    ),
    ImportTarget(
        slug="leads",
        words=(
            ("name", ("线索名称", "姓名", "联系人", "客户姓名", "lead name", "full name", "name", "contact name")),
            ("company_name", ("公司", "公司名称", "单位", "单位名称", "企业名称", "company", "company name", "organization")),
            ("job_title", ("职务", "职位", "job title", "title", "position")),
            ("number", ("线索编号", "线索编码", "lead id", "record id")),
            ("mobile", ("手机", "手机号", "手机号码", "联系电话", "mobile", "mobile phone", "cell phone")),
            ("phone", ("电话", "座机", "固定电话", "phone", "phone number", "telephone")),
            ("email", ("邮箱", "电子邮箱", "邮件", "email", "e-mail", "email address")),
            ("wechat", ("微信", "微信号", "wechat")),
            ("source", ("来源", "线索来源", "渠道", "source", "lead source", "leadsource")),
            ("need", ("需求", "需求描述", "咨询内容", "留言", "need", "message", "requirement", "interest")),
            ("budget", ("预算", "预算金额", "budget", "estimated value")),
            ("industry", ("行业", "所属行业", "industry", "sector")),
            ("region", ("地区", "省市区", "所在地区", "region", "state/region")),
            ("owner", ("负责人", "销售", "业务员", "owner", "lead owner")),
            ("description", ("备注", "说明", "description", "notes")),
        ),
    ),
    ImportTarget(
        slug="contacts",
        words=(
            ("name", ("联系人", "联系人姓名", "姓名", "contact", "contact name", "full name", "display name", "name")),
            ("customer", ("客户", "客户名称", "公司", "公司名称", "company", "company name", "account name")),
            ("customer", ("associated company", "organization", "organization 1 - name")),
            ("job_title", ("职务", "职位", "job title", "title", "organization 1 - title")),
            ("unit", ("部门", "所在部门", "department", "organization 1 - department")),
            ("called", ("称呼", "尊称", "salutation", "prefix", "name prefix")),
            ("wechat", ("微信", "微信号", "wechat")),
            ("birthday", ("生日", "出生日期", "birthday", "date of birth")),
        ),
    ),
)  # fmt: skip
