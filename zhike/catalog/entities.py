"""The catalogue's declarations."""

from django.utils.translation import gettext_lazy as _

from zhike.catalog.models import Product
from zhike.core import numbering, options
from zhike.core.entities import Entity, MenuItem, Module, contribute, register

contribute(
    Module(
        name="catalog", label=_("Products"), description=_("What you sell, with list prices."), required=True, weight=30
    )
)
numbering.declare(numbering.Rule(name="product", label=_("product"), pattern="CP{seq:5}", reset="never"))
options.declare(
    options.OptionList(
        name="unit",
        label=_("units"),
        module="catalog",
        entries=(
            options.Entry(code="piece", label=_("piece")),
            options.Entry(code="set", label=_("set")),
            options.Entry(code="box", label=_("box")),
            options.Entry(code="year", label=_("year")),
            options.Entry(code="hour", label=_("hour")),
            options.Entry(code="day", label=_("working day")),
        ),
    )
)
register(
    Entity(
        model=Product,
        slug="products",
        module="catalog",
        is_tagged=True,
        icon="package",
        purpose=_("What you sell, with unit and list price. Opportunities take their lines from here."),
        example=_("For example: “A3 colour copier C300”, unit “set”, list price 28,800"),
        fields=("name", "number", "series", "unit", "price", "is_sold", "description"),
        columns=("name", "number", "series", "unit", "price", "is_sold"),
        filters=("series", "unit", "is_sold", "price", "created_at", "updated_at"),
        search={"name": 100, "number": 100, "series": 40},
        number="number",
        ordering=("name",),
        header_facts=("price", "unit", "is_sold"),
    )
)
contribute(
    MenuItem(
        name="products",
        label=_("Products"),
        group=_("Products"),
        icon="package",
        url_name="products:list",
        module="catalog",
        right="products:view",
        weight=300,
    )
)
