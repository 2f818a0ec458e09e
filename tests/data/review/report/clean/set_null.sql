UPDATE orders
SET cancelled_at = NULL, cancel_reason = NULL
WHERE id = 4711;
