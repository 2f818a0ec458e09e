package main

import (
	"fmt"
	"os"
)

func main() {
	for _, batch := range Batches(os.Args[1:], 2) {
		fmt.Println(len(batch), batch)
	}
}
