package main

import (
	"fmt"
	"os"
)

func main() {
	index := NewIndex(os.Args[1:])
	for _, initial := range index.Initials() {
		fmt.Println(initial, index.Words(initial))
	}
}
