"""Forms of sign-in, set-up, one's own account, people and departments."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm, UserTokenForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhike.core.entities import VerbForm
from zhike.core.money import CURRENCIES
from zhike.identity import actions
from zhike.identity.links import LinkKeys
from zhike.identity.models import Department, Role, User, UserRole, languages, time_zones
from zhike.identity.naming import username_key

NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
NEW_PASSWORD = {"autocomplete": "new-password"}


def _password_help() -> str:
    return " ".join(str(text) for text in password_validators_help_texts())


password_help = lazy(_password_help, str)


def password_field(label: Any, **attributes: Any) -> forms.CharField:
    """A password box: never filled in again by us, blanks kept as typed."""
    return forms.CharField(label=label, strip=False, max_length=200, widget=forms.PasswordInput(attrs=attributes))


def new_password_field(label: Any) -> forms.CharField:
    """A box for a password being chosen, with the rules beside it."""
    field = password_field(label, **NEW_PASSWORD)
    field.help_text = password_help()
    return field


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """One box for username, mobile number or e-mail address, and the password."""

    password = password_field(_("Password"), autocomplete="current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Username, mobile number or e-mail address"),
            max_length=254,
            widget=forms.TextInput(attrs=NAME | {"autofocus": True}),
        )
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        # Attempts are counted by name: all spellings of one name are one.
        return username_key(self.cleaned_data["login"])


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # allauth carries no types
    """The address to which a link is sent, if anybody here has it."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def save(self, _request: Any, **_kwargs: Any) -> str:
        actions.request_password_reset(self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class LinkForm(UserTokenForm):  # type: ignore[misc]  # allauth carries no types
    """Checks the key in a mailed link."""

    token_generator = LinkKeys()


class PasswordByLinkForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth carries no types
    """A new password, by the link in a mail."""

    password1 = new_password_field(_("New password"))
    password2 = password_field(_("New password again"), **NEW_PASSWORD)

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return str(self.cleaned_data["password1"])

    def save(self) -> None:
        actions.set_password_by_link(self.user, self.temp_key, new=self.cleaned_data["password1"])


class TwicePasswordForm(forms.Form):
    """A password typed twice."""

    password1 = new_password_field(_("New password"))
    password2 = password_field(_("New password again"), **NEW_PASSWORD)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _now("The two passwords differ. Type the same one twice."))
        return cleaned


class ChangePasswordForm(TwicePasswordForm):
    """One's own password: the present one, then the new one twice."""

    old = password_field(_("Present password"), autocomplete="current-password")

    field_order = ("old", "password1", "password2")


class SetUpForm(TwicePasswordForm):
    """The first start. What most companies leave as it is stands under “more”."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=40,
        help_text=_("It stands in the window where Zhike was started, and works once."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    company_name = forms.CharField(
        label=_("Company name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        required=False,
        help_text=_("You sign in with it. Left blank, it is made from your name."),
        widget=forms.TextInput(attrs=NAME),
    )
    currency = forms.ChoiceField(label=_("Currency"))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    fiscal_year_start = forms.TypedChoiceField(
        label=_("First month of the fiscal year"), choices=[(month, month) for month in range(1, 13)], coerce=int
    )
    legal_entity = forms.CharField(
        label=_("Legal name"),
        max_length=200,
        required=False,
        help_text=_("As it stands on contracts and invoices. Left blank, it is the company name."),
    )

    field_order = ("code", "company_name", "full_name", "username", "password1", "password2")
    folded = ("currency", "time_zone", "fiscal_year_start", "legal_entity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")
        self.fields["password2"].label = _("Password again")
        currency = self.fields["currency"]
        if isinstance(currency, forms.ChoiceField):
            currency.choices = [(code, code) for code in CURRENCIES]
        self.initial = {"currency": "CNY", "time_zone": "Asia/Shanghai", "fiscal_year_start": 1, **self.initial}

    def account(self) -> dict[str, Any]:
        """What `actions.set_up` takes."""
        taken = ("company_name", "full_name", "username", "currency", "time_zone", "fiscal_year_start")
        return {name: self.cleaned_data[name] for name in taken} | {
            "password": self.cleaned_data["password1"],
            "legal_name": self.cleaned_data["legal_entity"],
            "language": get_language() or settings.LANGUAGE_CODE,
        }


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class cannot be subscripted at run time
    """What a person keeps about himself."""

    class Meta:
        model = User
        fields = ("mobile", "email", "language", "time_zone", "theme")
        help_texts = {"time_zone": _("Moments are shown in it. Business days stay the company's.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("language", languages()), ("time_zone", time_zones())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("as the company")), *offered]

    def _post_clean(self) -> None:
        """The action checks and stores; the form only parses."""


class TokenForm(forms.Form):
    """A new access token."""

    name = forms.CharField(label=_("What is it for?"), max_length=80)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=lambda value: int(value) if value else None,
        empty_value=None,
        required=False,
        initial="90",
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("one year")), ("", _("until revoked"))],
    )
    read_only = forms.BooleanField(label=_("May only read"), required=False)


class AgreeForm(VerbForm):
    """Asks nothing: the step is confirmed after its page has said what will happen."""


class MoveForm(VerbForm):
    """The new department, and whether his records go with him."""

    department = forms.ModelChoiceField(label=_("new department"), queryset=Department.objects.none())
    move_records = forms.BooleanField(
        label=_("take the records he owns along"),
        required=False,
        help_text=_("Otherwise they stay with the former department, and its people go on seeing them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["department"], Department.objects.offerable().in_tree_order())


class RolesForm(VerbForm):
    """The roles of one person, with the departments for scopes that name chosen ones."""

    roles = forms.ModelMultipleChoiceField(
        label=_("roles"), queryset=Role.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("chosen departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For roles whose reach is “chosen departments”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["roles"], Role.objects.order_by("name_key", "id"))
        _offer(self.fields["departments"], Department.objects.in_tree_order())
        if isinstance(self.record, User):
            held = UserRole.objects.filter(user=self.record)
            self.initial["roles"] = list(held.values_list("role_id", flat=True))
            chosen = held.exclude(departments=None).values_list("departments", flat=True)
            self.initial["departments"] = list(chosen)


def _offer(field: forms.Field, rows: Any) -> None:
    """Departments and roles are shared: whoever keeps people sees all of them."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
