// Package design builds rounds of groups in which no two points meet twice.
package design

// Rounds says, round by round, in which group each point is, so that no two points meet
// twice: point i·groups + x is the element x of level i. It gives as many of the rounds
// asked as it knows, one at least.
//
// The groups are the blocks of a transversal design on the product of the fields of the
// prime powers of which groups is the product: (i, x) is in block x + aᵢ·e in round e,
// where the aᵢ differ by invertible elements (Bose 1938 for one field; MacNeish 1922 for
// the product). Levels, whose points have not met, are then cut into groups of their own:
// with one field and as many levels as elements that is the affine plane.
func Rounds(groups, size, rounds int) [][]int {
	if groups < 1 || size < 1 || rounds < 1 {
		return nil
	}
	if size == 2 {
		return circle(groups, rounds)
	}
	ring := newRing(groups)
	if ring == nil || size > ring.levels {
		return [][]int{transversal(groups, size, func(_, x int) int { return x })}
	}
	var plan [][]int
	for e := range min(groups, rounds) {
		plan = append(plan, transversal(groups, size, func(i, x int) int { return ring.sum(x, ring.product(ring.spread(i), e)) }))
	}
	if rounds <= groups || groups%size != 0 {
		return plan
	}
	part := groups / size
	for _, inner := range Rounds(part, size, rounds-groups) {
		plan = append(plan, transversal(groups, size, func(i, x int) int { return i*part + inner[x] }))
	}
	return plan
}

func transversal(groups, size int, group func(i, x int) int) []int {
	seat := make([]int, groups*size)
	for i := range size {
		for x := range groups {
			seat[i*groups+x] = group(i, x)
		}
	}
	return seat
}

// circle pairs an even number of points so that all meet once: one point stays, the
// others turn (Kirkman 1847; Lucas 1883 gives it as a round dance).
func circle(groups, rounds int) [][]int {
	n := 2*groups - 1
	var plan [][]int
	for r := range min(rounds, n) {
		seat := make([]int, 2*groups)
		seat[n], seat[r] = 0, 0
		for k := 1; k < groups; k++ {
			seat[(r+k)%n], seat[(r+n-k)%n] = k, k
		}
		plan = append(plan, seat)
	}
	return plan
}

// ring is a product of finite fields, whose elements are 0 … n−1 in mixed radix.
type ring struct {
	fields []*field
	levels int // elements that differ by invertible ones: those of the smallest field
}

// field is the finite field of q elements, by its tables.
type field struct {
	q         int
	add, mult []int // at a*q + b
}

// largest is the largest field that is built.
const largest = 128

func newRing(n int) *ring {
	r := &ring{levels: n}
	for p := 2; n > 1; p++ {
		degree, q := 0, 1
		for n%p == 0 {
			n, degree, q = n/p, degree+1, q*p
		}
		if degree == 0 {
			continue
		}
		if q > largest {
			return nil
		}
		r.fields, r.levels = append(r.fields, newField(p, degree, q)), min(r.levels, q)
	}
	return r
}

func (r *ring) sum(a, b int) int {
	return r.each(a, b, func(f *field, x, y int) int { return f.add[x*f.q+y] })
}

func (r *ring) product(a, b int) int {
	return r.each(a, b, func(f *field, x, y int) int { return f.mult[x*f.q+y] })
}

// spread is the element all of whose coordinates are i.
func (r *ring) spread(i int) int {
	value, radix := 0, 1
	for _, f := range r.fields {
		value, radix = value+i*radix, radix*f.q
	}
	return value
}

func (r *ring) each(a, b int, do func(f *field, x, y int) int) int {
	value, radix := 0, 1
	for _, f := range r.fields {
		value += do(f, a%f.q, b%f.q) * radix
		a, b, radix = a/f.q, b/f.q, radix*f.q
	}
	return value
}

// newField builds the polynomials over the prime p modulo the first monic one of that
// degree for which no product of two others is zero.
func newField(p, degree, q int) *field {
	f := &field{q: q, add: make([]int, q*q)}
	for a := range q {
		for b := range q {
			f.add[a*q+b] = digits(a, b, p)
		}
	}
	for low := 0; f.mult == nil; low++ {
		f.modulo(p, degree, low)
	}
	return f
}

// digits adds two polynomials written in base p.
func digits(a, b, p int) int {
	sum, radix := 0, 1
	for a > 0 || b > 0 {
		sum += (a%p + b%p) % p * radix
		a, b, radix = a/p, b/p, radix*p
	}
	return sum
}

// modulo sets the products modulo xᵈ + low, or leaves them nil when one is zero.
func (f *field) modulo(p, degree, low int) {
	q := f.q
	top := q / p
	minus := 0 // −low, which xᵈ is
	for range p - 1 {
		minus = digits(minus, low, p)
	}
	times := func(a, b int) int {
		product := 0
		for radix := top; radix > 0; radix /= p {
			carry := product / top
			product = product % top * p
			if degree == 1 {
				product, carry = 0, 0
			}
			for range carry {
				product = digits(product, minus, p)
			}
			for range b / radix % p {
				product = digits(product, a, p)
			}
		}
		return product
	}
	mult := make([]int, q*q)
	for a := 1; a < q; a++ {
		for b := 1; b < q; b++ {
			if mult[a*q+b] = times(a, b); mult[a*q+b] == 0 {
				return
			}
		}
	}
	f.mult = mult
}
