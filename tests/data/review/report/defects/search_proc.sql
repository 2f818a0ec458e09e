CREATE PROCEDURE dbo.SearchProducts @term NVARCHAR(100)
AS
BEGIN
  DECLARE @query NVARCHAR(400);
  SET @query = N'SELECT id, name FROM products WHERE name LIKE ''%' + @term + N'%''';  <<security>>
  EXEC (@query);  <<security>>
END;
