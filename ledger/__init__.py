"""The books: accounts, transfers and assets. It knows no person, shop or HTTP."""
