package simulate

import (
	"container/list"
	"hash/maphash"
	"sync"
)

const (
	// blockTokens is the size of a block of the KV cache, as vLLM's is by default.
	blockTokens = 16
	// poolBlocks is how many blocks there are: enough for a million tokens.
	poolBlocks = 65_536
)

var hashSeed = maphash.MakeSeed()

// hash continues a chain of hashes by a text.
func hash(before uint64, text string) uint64 { return mix(before ^ maphash.String(hashSeed, text)) }

// cache remembers blocks of tokens by the hash of everything up to their end. Those not used for longest are forgotten.
type cache struct {
	enabled bool

	mu    sync.Mutex
	known map[uint64]*list.Element
	used  *list.List // of hashes, the last used first
}

func newCache(enabled bool) *cache {
	return &cache{enabled: enabled, known: make(map[uint64]*list.Element), used: list.New()}
}

// blocks are the hashes of the whole blocks of a text; nil where nothing is cached.
func (c *cache) blocks(text string) []uint64 {
	if !c.enabled {
		return nil
	}
	var hashes []uint64
	chain, start, tokens := uint64(0), 0, 0
	for at := 0; at < len(text); {
		at += nextToken(text[at:])
		if tokens++; tokens == blockTokens {
			chain = hash(chain, text[start:at])
			hashes = append(hashes, chain)
			start, tokens = at, 0
		}
	}
	return hashes
}

// hit is how many tokens the known blocks at the start cover. One token of the prompt is always left to compute, for
// the reply begins with what follows it.
func (c *cache) hit(blocks []uint64, prompt int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for n < len(blocks) && (n+1)*blockTokens < prompt {
		if _, ok := c.known[blocks[n]]; !ok {
			break
		}
		n++
	}
	return n * blockTokens
}

// add remembers blocks as just used.
func (c *cache) add(blocks []uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range blocks {
		if e, ok := c.known[b]; ok {
			c.used.MoveToFront(e)
			continue
		}
		c.known[b] = c.used.PushFront(b)
		if oldest := c.used.Back(); c.used.Len() > poolBlocks {
			delete(c.known, c.used.Remove(oldest).(uint64))
		}
	}
}
