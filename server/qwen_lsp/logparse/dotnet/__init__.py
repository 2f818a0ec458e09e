"""C# and the other languages of .NET and Mono: exceptions, MSBuild and the compilers, dotnet test, NUnit."""
