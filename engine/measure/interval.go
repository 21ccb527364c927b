package measure

import "math"

// student is the two-sided quantile of Student's distribution: a value that the statistic exceeds in either direction
// with probability 1 − confidence. By the expansion around the normal one (Abramowitz and Stegun, 26.7.5), which is right
// to three digits from 10 degrees of freedom on.
func student(confidence float64, freedom int) float64 {
	z := math.Sqrt2 * math.Erfinv(confidence)
	d := float64(freedom)
	z2 := z * z
	return z + z*(z2+1)/(4*d) + z*((5*z2+16)*z2+3)/(96*d*d) + z*(((3*z2+19)*z2+17)*z2-15)/(384*d*d*d)
}

// wilson is the score interval of a share that was seen to be p among n independent samples, at z standard deviations
// (E. B. Wilson, 1927). A true share lies within it where p is no further from it than z of its standard deviations.
func wilson(p, n, z float64) (low, high float64) {
	z2 := z * z / n
	middle, reach := p+z2/2, math.Sqrt(z2*(p*(1-p)+z2/4))
	return max(0, (middle-reach)/(1+z2)), min(1, (middle+reach)/(1+z2))
}

// deviation of a share p among n independent samples, times z.
func deviation(p, n, z float64) float64 { return z * math.Sqrt(p*(1-p)/n) }
