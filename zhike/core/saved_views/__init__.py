"""Views of lists that people keep: filters, columns, order and display under a name, private or shared."""
