package daemon

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"

	"aimbench/robot/api"
)

// HasSound asks whether sounds can be heard. Where not, the daemon accepts them nevertheless.
func (c *Client) HasSound(ctx context.Context) (bool, error) {
	var m api.MediaStatus
	err := c.get(ctx, "asking whether the robot has sound", api.PathMediaStatus, &m)
	return m.Available && !m.NoMedia, err
}

// UploadSound takes a WAV file to the daemon, under a name that nobody else uses. The name comes with an error too, for
// the file may have got there.
func (c *Client) UploadSound(ctx context.Context, wav []byte) (string, error) {
	name := "aimbench-" + rand.Text() + ".wav"
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(wav)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return "", err
	}
	return name, c.call(ctx, request{
		doing: "uploading a sound to the robot", method: http.MethodPost, path: api.PathUploadSound, body: &body,
		contentType: form.FormDataContentType(), timeout: uploadTimeout, hint: "Does the robot have sound? A daemon without it takes none.",
	})
}

// PlaySound begins to play a sound that was uploaded, or one of the daemon's own. It ends the sound before.
func (c *Client) PlaySound(ctx context.Context, name string) error {
	return c.post(ctx, "playing a sound on the robot", api.PathPlaySound, api.Sound{File: name}, nil)
}

// StopSound ends what is played.
func (c *Client) StopSound(ctx context.Context) error {
	return c.post(ctx, "stopping the robot's sound", api.PathStopSound, nil, nil)
}

// DeleteSound deletes a sound that was uploaded. One that is not there is no error.
func (c *Client) DeleteSound(ctx context.Context, name string) error {
	err := c.call(ctx, request{doing: "deleting a sound on the robot", method: http.MethodDelete, path: api.PathSounds + "/" + url.PathEscape(name)})
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// Volume asks how loud the robot is, 0 to 100.
func (c *Client) Volume(ctx context.Context) (int, error) {
	var v api.Volume
	err := c.get(ctx, "asking for the robot's volume", api.PathVolume, &v)
	return v.Volume, err
}

// SetVolume sets how loud the robot is, 0 to 100. The daemon plays a sound each time, so that a volume that is set already
// is left.
func (c *Client) SetVolume(ctx context.Context, volume int) error {
	const doing = "setting the robot's volume"
	if volume < 0 || volume > 100 {
		return &Error{Class: Refused, Doing: doing, Message: fmt.Sprintf("%d is not within 0 to 100", volume)}
	}
	if now, err := c.Volume(ctx); err == nil && now == volume {
		return nil
	}
	return c.post(ctx, doing, api.PathSetVolume, api.SetVolume{Volume: volume}, nil)
}
