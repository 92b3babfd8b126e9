"""What people are told of: in the page, by mail at once, or in one mail a day. `sending.notify` is the one way to tell somebody."""
