// Package list measures the page of the files of a call: 200 files, filters, facets and counts, the whole request.
package list
