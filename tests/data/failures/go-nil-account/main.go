package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	bank := NewBank()
	bank.Open("1001", "Ann", 500)
	bank.Open("1002", "Bob", 20)
	amount, err := strconv.Atoi(os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Println(bank.Transfer(os.Args[1], os.Args[2], amount), bank)
}
