/* block
 comment */
SELECT 1,
 nothere -- x
 FROM items;


SELECT -- c


 nam
FROM items; -- end
INSERT INTO items VALUES (1,
  2), (3,4); \echo hi
SELECT "Näme", "表" , nam from items;
	SELECT	nam from items
;
SELECT 1 AS a  ,  nam