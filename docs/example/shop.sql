-- A shop of three customers, to try the example with: sqlite3 or any other SQL shell.
CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(200), name VARCHAR(200), postcode VARCHAR(10),
                        restricted_on DATE, no_marketing_since DATE);
CREATE TABLE orders (order_no VARCHAR(20) PRIMARY KEY, customer_id INTEGER REFERENCES customers (id),
                     bicycle VARCHAR(100), ordered_on DATE);
CREATE TABLE invoices (invoice_no VARCHAR(20) PRIMARY KEY, customer_id INTEGER, name VARCHAR(200),
                       amount DECIMAL(10, 2), invoice_date DATE);
INSERT INTO customers VALUES (1, 'kari@example.com', 'Kari Lund', '5003', NULL, NULL),
                             (2, 'ola@example.com', 'Ola Berg', '7010', NULL, NULL),
                             (3, 'liv@example.com', 'Liv Dahl', '0150', NULL, NULL);
INSERT INTO orders VALUES ('A-1', 1, 'Gravel', '2025-04-02'), ('A-2', 2, 'City', '2026-05-09');
INSERT INTO invoices VALUES ('F-1', 1, 'Kari Lund', 12990.00, '2025-04-04'), ('F-2', 2, 'Ola Berg', 8990.00, '2026-05-11');
