module example.com/prefix-search

go 1.25.0
