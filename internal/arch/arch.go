// Package arch is the shape of the house, kept as tests: who imports whom, how long things are, what stands in both languages.
package arch
