module fo1

go 1.19
