package shard

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/s2"
)

const (
	// mostHead bounds what a frame says as JSON, mostBody the bytes that go along, before and after compression.
	mostHead = 1 << 20
	mostBody = 80 << 20
)

// kind says what a frame is.
type kind byte

const (
	kindHello   kind = iota + 1 // follower: who it is, and that it has the token
	kindWelcome                 // leader: that it has it too; with what is to run
	kindRefuse                  // leader: why it goes no further
	kindPing                    // follower: what does your clock say?
	kindPong                    // leader
	kindOpen                    // follower: a file that the scenario names
	kindFile                    // leader: its bytes, or why there are none
	kindDue                     // follower: it is ready for a load; the first time with its plan
	kindBegin                   // leader: when the load begins
	kindUpload                  // follower: what it measured
	kindAck                     // leader: that is in
	kindStop                    // leader: nothing more is to start
	kindLeave                   // follower: it takes no part, and why
	kindEnd                     // one more than the last
)

// frame is one message: a kind, what it says, and bytes that go along.
type frame struct {
	kind kind
	head []byte // JSON
	body []byte
}

// header is that of a frame on the wire: the length of what comes after it, the kind, the length of the head, and the
// checksum of the body as it was before it was compressed.
const header = 4 + 1 + 4 + 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errFrame = errors.New("what came is no message of a shard")

// pack makes a frame ready to send.
func pack(k kind, says any, body []byte) ([]byte, error) {
	head, err := json.Marshal(says)
	if err != nil {
		return nil, fmt.Errorf("writing a message for another shard: %w", err)
	}
	if len(head) > mostHead || len(body) > mostBody {
		return nil, fmt.Errorf("a message for another shard has %d and %d bytes: it is too large", len(head), len(body))
	}
	b := make([]byte, header, header+len(head)+s2.MaxEncodedLen(len(body)))
	b[4] = byte(k)
	binary.BigEndian.PutUint32(b[5:], uint32(len(head)))
	binary.BigEndian.PutUint32(b[9:], crc32.Checksum(body, castagnoli))
	b = append(b, head...)
	if len(body) > 0 {
		b = append(b, s2.Encode(nil, body)...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b, nil
}

// readFrame reads what pack made, with a body of at most so many bytes. Whatever comes, it takes no more memory than that.
func readFrame(r io.Reader, most int) (frame, error) {
	var h [header]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return frame{}, err
	}
	f, rest, head := frame{kind: kind(h[4])}, int64(binary.BigEndian.Uint32(h[:]))-(header-4), int64(binary.BigEndian.Uint32(h[5:]))
	if f.kind == 0 || f.kind >= kindEnd || head > mostHead || rest < head || rest-head > int64(s2.MaxEncodedLen(most)) {
		return frame{}, errFrame
	}
	raw, err := io.ReadAll(io.LimitReader(r, rest)) // which grows with what comes, not with what was announced
	if err != nil {
		return frame{}, err
	}
	if int64(len(raw)) < rest {
		return frame{}, io.ErrUnexpectedEOF
	}
	f.head = raw[:head]
	if rest > head {
		if n, err := s2.DecodedLen(raw[head:]); err != nil || n > most {
			return frame{}, errFrame
		}
		if f.body, err = s2.Decode(nil, raw[head:]); err != nil {
			return frame{}, errFrame
		}
	}
	if crc32.Checksum(f.body, castagnoli) != binary.BigEndian.Uint32(h[9:]) {
		return frame{}, errFrame
	}
	return f, nil
}

// says reads what a frame says.
func (f frame) says(into any) error {
	if err := json.Unmarshal(f.head, into); err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	return nil
}
