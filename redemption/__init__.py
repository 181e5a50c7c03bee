"""What points buy: the charity shop's stock and counter, vouchers, and the property desk."""
