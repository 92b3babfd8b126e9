"""What other programmes call the columns of follow-ups, tasks and comments."""

from zhike.core.entities import contribute
from zhike.core.transfer.targets import ImportTarget

_ABOUT = (
    "关联记录", "关于", "客户", "客户名称", "客户编号", "related to", "regarding", "about", "account", "company", "record",
)  # fmt: skip

contribute(
    ImportTarget(
        slug="activities",
        words=(
            ("about", _ABOUT),
            ("kind", ("跟进方式", "类型", "活动类型", "activity type", "type", "kind")),
            ("subject", ("主题", "标题", "subject", "title")),
            ("content", ("内容", "跟进内容", "跟进记录", "备注", "沟通内容", "notes", "description", "comments", "body")),
            ("starts_at", ("跟进时间", "时间", "开始时间", "日期", "start", "start time", "date", "activity date")),
            ("ends_at", ("结束时间", "end", "end time")),
            ("is_done", ("完成", "已完成", "done", "completed")),
            ("outcome", ("结果", "跟进结果", "outcome", "result")),
            ("next_step", ("下一步", "下一步计划", "next step")),
            ("next_step_on", ("下次跟进时间", "下次跟进", "下次联系时间", "下一步日期", "next step date", "next contact")),
            (
                "people",
                (
                    "参与人", "参会人", "参加人", "参与人员", "参会人员", "拜访对象", "拜访人", "participants", "attendees",
                    "invitees", "contacts", "contact",
                ),
            ),
            ("participants", ("其他参与人", "外部人员", "other participants", "others")),
            ("owner", ("跟进人", "负责人", "owner", "assigned to", "activity owner")),
        ),
    ),
    ImportTarget(
        slug="tasks",
        words=(
            ("name", ("任务", "任务名称", "主题", "task", "task name", "subject", "title")),
            ("about", _ABOUT),
            ("due_on", ("到期日", "截止日期", "due", "due date", "deadline")),
            ("priority", ("优先级", "priority")),
            ("status", ("状态", "status")),
            ("owner", ("负责人", "执行人", "owner", "assignee", "assigned to")),
            ("description", ("描述", "备注", "说明", "description", "notes")),
        ),
    ),
    ImportTarget(
        slug="comments",
        words=(("about", _ABOUT), ("text", ("评论", "内容", "comment", "text", "note"))),
    ),
)  # fmt: skip
