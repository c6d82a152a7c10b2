-- columns: Name
-- known by: Name, Lineitem name
SELECT Name AS order_id FROM input
