package hostlab

import (
	"fmt"
	"os"
	"path/filepath"
)

// SSHPrograms are what SSH needs.
var SSHPrograms = []string{"ssh", "sshd", "ssh-keygen"}

// SSH starts a server of SSH on every host but the first, with keys of its own, and
// returns a folder with a program ssh that knows the hosts by their names. Every
// server answers when SSH returns. Programs need the folder at the start of their PATH.
func (l *Lab) SSH() (folder string, err error) {
	folder = filepath.Join(l.config.Dir, "ssh")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	for _, key := range []string{"host", "user"} {
		if out, err := command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(folder, key)).CombinedOutput(); err != nil {
			return "", fmt.Errorf("ssh-keygen: %w\n%s", err, out)
		}
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // sshd wants it
		return "", err
	}
	server, err := find("sshd")
	if err != nil {
		return "", err
	}
	client, err := find("ssh")
	if err != nil {
		return "", err
	}
	config := fmt.Sprintf("Host h*\n  Port 2222\n  User root\n  IdentityFile %s/user\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n", folder)
	for _, h := range l.Hosts[1:] {
		config += fmt.Sprintf("Host %s\n  HostName %s\n", h.Name, h.Address)
		settings, err := l.write("ssh/sshd_config."+h.Name, fmt.Sprintf(`Port 2222
ListenAddress %s
HostKey %s/host
AuthorizedKeysFile %s/user.pub
PidFile none
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
StrictModes no
SetEnv TMPDIR=%s ASSAY_LOCK=%s
`, h.Address, folder, folder, l.Temp, l.Lock), 0o600)
		if err != nil {
			return "", err
		}
		if err := h.Daemon("sshd", server, "-D", "-e", "-f", settings); err != nil {
			return "", err
		}
	}
	if _, err := l.write("ssh/config", config, 0o600); err != nil {
		return "", err
	}
	program, err := l.write("ssh/ssh", fmt.Sprintf("#!/bin/sh\nexec %s -F %s/config \"$@\"\n", client, folder), 0o755)
	if err != nil {
		return "", err
	}
	for _, h := range l.Hosts[1:] {
		if err := l.Hosts[0].await(program, "-o", "BatchMode=yes", h.Name, "true"); err != nil {
			return "", err
		}
	}
	return folder, nil
}
