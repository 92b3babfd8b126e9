"""What people, departments and roles are to the platform."""

from django.utils.translation import gettext_lazy as _

from zhike.core.entities import Entity, Module, Panel, RelatedList, SettingsPage, Verb, contribute, register
from zhike.identity import actions, forms, panels, rules
from zhike.identity.models import Department, Role, User

contribute(
    Module(
        name="people",
        label=_("people"),
        description=_("Departments, people, roles and sign-in. Everything else stands on it."),
        required=True,
        weight=10,
    )
)

register(
    Entity(
        model=Department,
        slug="departments",
        attachable=False,
        module="people",
        icon="sitemap",
        purpose=_("Headquarters, branches and departments. Who may see what often follows this tree."),
        example=_("For example: Headquarters › East branch › Sales department 1"),
        fields=("name", "kind", "parent", "head", "code", "position", "active"),
        columns=("name", "kind", "parent", "head", "active"),
        filters=("name", "kind", "parent", "head", "code", "active"),
        search={"name": 100, "code": 60},
        ordering=("name",),
        prepare=rules.prepare_department,
        settle=rules.organisation_changed,
        panels=(
            RelatedList(
                name="below",
                label=_("departments below"),
                slug="departments",
                via="parent",
                columns=("name", "kind", "head", "active"),
            ),
            RelatedList(
                name="members",
                label=_("people"),
                slug="users",
                via="department",
                columns=("full_name", "position", "superior", "state"),
            ),
        ),
        without=frozenset({"delete", "transfer"}),
    )
)

register(
    Entity(
        model=User,
        slug="users",
        attachable=False,
        module="people",
        icon="user",
        purpose=_("The people who work with Zhike, each with a department, a superior and roles."),
        example=_("For example: 周子涵, sales department 1, role “sales manager”"),
        title="full_name",
        fields=(
            "full_name",
            "username",
            "mobile",
            "email",
            "kind",
            "department",
            "position",
            "superior",
            "language",
            "time_zone",
            "skills",
        ),
        columns=("full_name", "username", "department", "position", "superior", "state"),
        filters=("full_name", "username", "kind", "state", "department", "superior", "position"),
        search={"full_name": 100, "username": 80, "mobile": 60, "email": 60},
        # Secrets and machinery: never in an event, never a change that others are told of.
        derived=(
            "password",
            "last_login",
            "password_change_due",
            "one_time_password_until",
            "session_generation",
            "theme",
        ),
        ordering=("full_name",),
        header_facts=("department", "position", "superior", "state"),
        prepare=rules.prepare_user,
        settle=rules.organisation_changed,
        verbs=(
            Verb(
                name="invite",
                label=_("invite"),
                run=actions.let_in,
                form_class=forms.AgreeForm,
                icon="mail-forward",
                weight=10,
                primary=True,
                when=lambda user: user.state == User.State.INVITED and user.kind != User.Kind.SERVICE,
            ),
            Verb(
                name="activate",
                label=_("let in again"),
                run=actions.activate_user,
                form_class=forms.AgreeForm,
                icon="lock-open",
                weight=20,
                primary=True,
                when=lambda user: user.state in (User.State.LOCKED, User.State.LEFT),
            ),
            Verb(
                name="set_roles",
                label=_("set roles"),
                run=actions.give_roles,
                form_class=forms.RolesForm,
                icon="shield-lock",
                when=lambda user: user.kind in (User.Kind.STAFF, User.Kind.SERVICE),
            ),
            Verb(
                name="change_department",
                label=_("change department"),
                run=actions.change_department,
                form_class=forms.MoveForm,
                icon="sitemap",
                when=lambda user: user.state != User.State.LEFT,
            ),
            Verb(
                name="lock",
                label=_("lock"),
                run=actions.lock_user,
                form_class=forms.AgreeForm,
                icon="lock",
                weight=300,
                when=lambda user: user.state in (User.State.ACTIVE, User.State.INVITED),
            ),
            Verb(
                name="mark_left",
                label=_("has left"),
                run=actions.mark_left,
                form_class=forms.AgreeForm,
                icon="door-exit",
                weight=310,
                when=lambda user: user.state != User.State.LEFT,
            ),
        ),
        panels=(
            Panel(
                name="account",
                label=_("roles and sign-in"),
                template="identity/account_panel.html",
                provide=panels.account,
                weight=10,
            ),
            RelatedList(
                name="subordinates",
                label=_("subordinates"),
                slug="users",
                via="superior",
                columns=("full_name", "department", "position", "state"),
            ),
        ),
        without=frozenset({"delete", "transfer"}),
    )
)

register(
    Entity(
        model=Role,
        slug="roles",
        attachable=False,
        module="people",
        icon="shield-lock",
        purpose=_("What people may see and do. Somebody with several roles may do what any of them allows."),
        example=_("For example: “Salesperson” sees his own customers, “Branch manager” those of the branch"),
        fields=("name", "description"),
        columns=("name", "description", "shipped"),
        filters=("name", "shipped"),
        search={"name": 100},
        ordering=("name",),
        prepare=rules.prepare_role,
        settle=rules.organisation_changed,
        panels=(
            Panel(
                name="rights",
                label=_("rights"),
                template="identity/rights_panel.html",
                provide=panels.rights,
                weight=10,
            ),
            Panel(
                name="holders",
                label=_("people with this role"),
                template="identity/holders_panel.html",
                provide=panels.holders,
            ),
        ),
        without=frozenset({"delete", "transfer", "import"}),
    )
)

_GROUP = _("people and rights")

contribute(
    SettingsPage(
        name="people",
        label=_("people"),
        description=_("Invite people, say where they stand and what they may do, lock who must stay out."),
        group=_GROUP,
        icon="users",
        url_name="users:list",
        right="settings.people",
        module="people",
        weight=10,
    ),
    SettingsPage(
        name="departments",
        label=_("departments"),
        description=_("The tree of headquarters, branches, departments and teams, each with its head."),
        group=_GROUP,
        icon="sitemap",
        url_name="settings_departments",
        right="settings.people",
        module="people",
        weight=20,
    ),
    SettingsPage(
        name="roles",
        label=_("roles"),
        description=_("What each role may see and do, for which records, down to single fields."),
        group=_GROUP,
        icon="shield-lock",
        url_name="settings_roles",
        right="settings.roles",
        module="people",
        weight=30,
    ),
)
