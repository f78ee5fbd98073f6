"""Mail goes out: one letter a notice, rendered and sent by the postman; and the catcher that keeps trial mail."""
