package main

// Batches returns the items in groups of size; the last group may be shorter.
func Batches(items []string, size int) [][]string {
	var batches [][]string
	for start := 0; start < len(items); start += size {
		end := start + size
		batches = append(batches, items[start:end:end])
	}
	return batches
}
