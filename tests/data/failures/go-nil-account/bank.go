package main

import "fmt"

type account struct {
	number, owner string
	balance       int
}

// Bank holds accounts by their number.
type Bank struct {
	accounts map[string]*account
}

// NewBank returns a bank without accounts.
func NewBank() *Bank {
	return &Bank{accounts: map[string]*account{}}
}

// Open makes an account with so much on it.
func (bank *Bank) Open(number, owner string, balance int) {
	bank.accounts[owner] = &account{number, owner, balance}
}

// Transfer moves the amount and returns whether it did: not where there is too little.
func (bank *Bank) Transfer(from, to string, amount int) bool {
	source, target := bank.accounts[from], bank.accounts[to]
	if source.balance < amount {
		return false
	}
	source.balance -= amount
	target.balance += amount
	return true
}

func (bank *Bank) String() string {
	ann, bob := bank.accounts["1001"], bank.accounts["1002"]
	return fmt.Sprintf("%s=%d %s=%d", ann.owner, ann.balance, bob.owner, bob.balance)
}
