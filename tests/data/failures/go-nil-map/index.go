package main

import "sort"

// Index holds words by their first letter.
type Index struct {
	words map[string][]string
}

// NewIndex returns an index of words, in the order in which they come.
func NewIndex(words []string) *Index {
	index := &Index{}
	for _, word := range words {
		index.add(word)
	}
	return index
}

func (index *Index) add(word string) {
	initial := string([]rune(word)[0])
	index.words[initial] = append(index.words[initial], word)
}

// Words returns the words with that first letter.
func (index *Index) Words(initial string) []string {
	return index.words[initial]
}

// Initials returns the first letters of all words, sorted.
func (index *Index) Initials() []string {
	var initials []string
	for initial := range index.words {
		initials = append(initials, initial)
	}
	sort.Strings(initials)
	return initials
}
