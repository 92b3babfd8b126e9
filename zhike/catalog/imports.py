"""What the columns of price lists are called elsewhere."""

from zhike.core.entities import contribute
from zhike.core.transfer.targets import ImportTarget

contribute(
    ImportTarget(
        slug="products",
        words=(
            ("name", ("产品名称", "商品名称", "品名", "product", "product name", "item")),
            ("number", ("产品编码", "产品编号", "商品编码", "货号", "sku", "product code", "item code")),
            ("series", ("系列", "产品系列", "series", "product family", "category")),
            ("unit", ("单位", "计量单位", "unit", "uom")),
            ("price", ("价格", "单价", "标准价", "售价", "price", "list price", "sales price", "unit price")),
        ),
    )
)
