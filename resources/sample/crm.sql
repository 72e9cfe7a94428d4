CREATE TABLE customers (
    id TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    email TEXT NOT NULL,
    billing_email TEXT NOT NULL,
    phone TEXT NOT NULL,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL CHECK (length(country) = 2),
    language TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    tax_id TEXT,
    segment TEXT NOT NULL,
    plan TEXT NOT NULL,
    payment_terms_days INTEGER NOT NULL,
    marketing_opt_in BOOLEAN NOT NULL CHECK (marketing_opt_in IN (0, 1)),
    currency TEXT NOT NULL,
    balance TEXT NOT NULL,
    status TEXT NOT NULL,
    created_on TEXT NOT NULL
);
CREATE TABLE contacts (
    id TEXT PRIMARY KEY NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    created_on TEXT NOT NULL
);
CREATE INDEX contacts_customer ON contacts (customer_id);
CREATE TABLE orders (
    id TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    total TEXT NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    placed_at TEXT NOT NULL
);
CREATE TABLE payments (
    id TEXT PRIMARY KEY NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    customer_id TEXT NOT NULL REFERENCES customers (id),
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_refunded TEXT NOT NULL,
    status TEXT NOT NULL,
    method TEXT NOT NULL,
    captured_at TEXT NOT NULL
);
CREATE INDEX payments_customer ON payments (customer_id);
CREATE TABLE refunds (
    id TEXT PRIMARY KEY NOT NULL,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE TABLE adjustments (
    customer_id TEXT NOT NULL REFERENCES customers (id),
    number INTEGER NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (customer_id, number)
);
CREATE TABLE invoices (
    id TEXT PRIMARY KEY NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    total TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    due_on TEXT NOT NULL
);
CREATE TABLE invoice_lines (
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (invoice_id, line)
);
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    order_id TEXT REFERENCES orders (id),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    resolution TEXT,
    opened_on TEXT NOT NULL,
    last_reply_on TEXT NOT NULL
);
CREATE INDEX tickets_status ON tickets (status);
