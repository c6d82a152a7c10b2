package gbdt

// partitionRows is the number of rows that one worker parts at a time.
const partitionRows = 1 << 14

// part moves the rows whose bin goes left to the front and the others behind them,
// both in their old order, and returns the number of the former. spare is as long
// as rows.
func part(workers int, rows, spare []int32, bins []uint8, left *[256]uint8) int {
	if len(rows) <= partitionRows {
		n := partBlock(rows, spare, bins, left)
		copy(rows, spare[:n])
		reversed(rows[n:], spare[n:len(rows)])
		return n
	}
	lefts := make([]int, blocks(len(rows), partitionRows))
	forBlocks(workers, len(rows), partitionRows, func(k, first, last int) {
		lefts[k] = partBlock(rows[first:last], spare[first:last], bins, left)
	})
	starts, total := make([]int, len(lefts)), 0
	for k, n := range lefts {
		starts[k] = total
		total += n
	}
	forBlocks(workers, len(rows), partitionRows, func(k, first, last int) {
		copy(rows[starts[k]:], spare[first:first+lefts[k]])
		// Before this block lie first rows, starts[k] of which went left.
		right := total + first - starts[k]
		reversed(rows[right:right+last-first-lefts[k]], spare[first+lefts[k]:last])
	})
	return total
}

// partBlock writes rows that go left to the front of dst and the others, in
// reverse, to its back. It has no branch: which way a row goes is as good as
// random.
func partBlock(rows, dst []int32, bins []uint8, left *[256]uint8) int {
	dst = dst[:len(rows)]
	front, back := 0, len(dst)-1
	for _, row := range rows {
		goes := int(left[bins[row]])
		dst[front] = row
		dst[back] = row
		front += goes
		back -= 1 - goes
	}
	return front
}

func reversed(dst, src []int32) {
	for i, row := range src {
		dst[len(src)-1-i] = row
	}
}
