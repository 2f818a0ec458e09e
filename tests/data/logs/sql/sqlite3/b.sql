-- c
SELECT 1;

-- before
SELECT 1,


  -- inside
  name /* b
 c */,

 FROM items;
SELECT 1; SELECT 2 FROM; 
SELECT 2 FROM;
/* x */ SELECT 3
 FROM;
/* x
*/
SELECT 3
 FROM;


-- a

SELECT 4 FROM;SELECT ä, 5 FROM;
