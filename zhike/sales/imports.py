"""What other programmes call the columns of opportunities and their lines."""

from zhike.core.entities import contribute
from zhike.core.transfer.suggest import folded
from zhike.core.transfer.targets import ImportTarget
from zhike.sales.models import Status
from zhike.sales.rules import pipelines, stages_of


def _first_stage() -> int | None:
    """The stage in which opportunities begin where nothing else is said."""
    known = pipelines.get().pipelines
    stages = stages_of(known[0].pk) if known else []
    return stages[0].pk if stages else None


# What other programmes call an opportunity that is won or lost, without spaces and signs.
_WON = frozenset({"won", "closedwon", "win", "赢", "已赢单", "成交", "已成交", "成功"})
_LOST = frozenset({"lost", "closedlost", "loss", "lose", "输", "已输单", "丢单", "失败", "流失"})


def _stage_meant(text: str) -> str:
    """The stage that everybody means by won or lost; blank where pipelines call it by different names."""
    word = folded(text)
    status = Status.WON if word in _WON else Status.LOST if word in _LOST else None
    names = {stage.name for stage in pipelines.get().stages.values() if stage.status == status}
    return names.pop() if len(names) == 1 else ""


contribute(
    ImportTarget(
        slug="opportunities",
        first_states=(("stage", _first_stage),),
        meanings=(("stage", _stage_meant),),
        words=(
            ("stage@", ("成交日期", "结单日期", "赢单日期", "关闭日期", "close date", "closed on", "closed date", "won date")),
            ("stage@first", ("开始日期", "立项日期", "商机开始日期", "engage date", "start date", "began on", "opened on")),
            ("name", ("商机名称", "项目名称", "deal name", "opportunity name", "opportunity", "deal")),
            ("number", ("商机编号", "商机编码", "record id", "opportunity id", "deal id")),
            ("customer", ("客户", "客户名称", "公司", "account", "account name", "company", "company name", "associated company")),
            ("contact", ("联系人", "contact", "contact name", "primary contact")),
            ("pipeline", ("销售流程", "管道", "pipeline")),
            ("stage", ("阶段", "销售阶段", "商机阶段", "stage", "deal stage", "sales stage")),
            ("amount", ("金额", "商机金额", "预计金额", "amount", "total amount", "close value", "value")),
            ("closes_on", ("预计成交日期", "预计结单日期", "close date", "closing date", "expected close date")),
            ("probability", ("概率", "赢率", "成交概率", "probability", "win probability")),
            ("owner", ("负责人", "销售", "业务员", "owner", "deal owner", "opportunity owner", "sales agent", "sales rep")),
            ("source", ("来源", "商机来源", "lead source", "source")),
        ),
    ),
    ImportTarget(
        slug="opportunity-lines",
        words=(
            ("opportunity", ("商机", "商机名称", "商机编号", "opportunity", "opportunity id", "deal")),
            ("product", ("产品", "产品名称", "product", "product name")),
            ("quantity", ("数量", "quantity", "qty")),
            ("price", ("单价", "价格", "unit price", "price", "sales price")),
            ("discount", ("折扣", "discount")),
        ),
    ),
)  # fmt: skip
