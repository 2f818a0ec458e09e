-- c
USE shop;

-- before
SELECT 1,


  -- inside
  name /* b
 c */,

 FROM items;
SELECT 1; SELECT 2 FROM; 
SELECT "a

b" FROM items WHERE;
