package hostlab

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// SlurmPrograms are what Slurm needs.
var SlurmPrograms = []string{"srun", "sinfo", "slurmctld", "slurmd", "munged"}

// Slurm makes the hosts a cluster: the first is where jobs are submitted and managed,
// the others are its nodes. It returns the variable by which programs of Slurm find it,
// as in an environment. All nodes are idle when Slurm returns. Each node offers two CPUs,
// whatever the machine has.
func (l *Lab) Slurm() (variable string, err error) {
	dir := filepath.Join(l.config.Dir, "slurm")
	for _, d := range []string{dir, filepath.Join(dir, "state"), filepath.Join(dir, "munge")} {
		if err := os.Mkdir(d, 0o711); err != nil {
			return "", err
		}
	}
	// One daemon vouches for the users of all hosts: they are users of one machine.
	first := l.Hosts[0]
	socket, key := filepath.Join(dir, "munge", "socket"), filepath.Join(dir, "munge", "key")
	if err := os.WriteFile(key, []byte(rand.Text()+rand.Text()), 0o400); err != nil {
		return "", err
	}
	if err := first.Daemon("munged", "munged", "--foreground", "--force", "--socket="+socket, "--key-file="+key,
		"--pid-file="+dir+"/munge/pid", "--log-file="+dir+"/munge/log", "--seed-file="+dir+"/munge/seed"); err != nil {
		return "", err
	}
	settings := []string{
		"ClusterName=lab", "SlurmctldHost=" + first.Name + "(" + first.Address + ")", "SlurmUser=root",
		"AuthType=auth/munge", "AuthInfo=socket=" + socket, "CredType=cred/munge",
		"ProctrackType=proctrack/linuxproc", "TaskPlugin=task/affinity", "MpiDefault=none", "JobAcctGatherType=jobacct_gather/none",
		"StateSaveLocation=" + dir + "/state", "SlurmdSpoolDir=" + dir + "/spool.%n",
		"SlurmctldPidFile=" + dir + "/slurmctld.pid", "SlurmdPidFile=" + dir + "/slurmd.%n.pid",
		"SelectType=select/cons_tres", "SelectTypeParameters=CR_Core", "SlurmdParameters=config_overrides",
		"ReturnToService=2", "KillWait=1", "SchedulerParameters=batch_sched_delay=0,sched_interval=1", "MailProg=/bin/true",
	}
	var names []string
	for _, h := range l.Hosts[1:] {
		names = append(names, h.Name)
		settings = append(settings, fmt.Sprintf("NodeName=%s NodeAddr=%s CPUs=2 State=UNKNOWN", h.Name, h.Address))
		if err := os.Mkdir(filepath.Join(dir, "spool."+h.Name), 0o711); err != nil {
			return "", err
		}
	}
	settings = append(settings, "PartitionName=bench Nodes="+strings.Join(names, ",")+" Default=YES MaxTime=INFINITE State=UP")
	config, err := l.write("slurm/slurm.conf", strings.Join(settings, "\n")+"\n", 0o644)
	if err != nil {
		return "", err
	}
	if err := first.await("test", "-S", socket); err != nil {
		return "", err
	}
	if err := first.Daemon("slurmctld", "slurmctld", "-D", "-f", config); err != nil {
		return "", err
	}
	for _, h := range l.Hosts[1:] {
		if err := h.Daemon("slurmd", "slurmd", "-D", "-N", h.Name, "-f", config); err != nil {
			return "", err
		}
	}
	variable = "SLURM_CONF=" + config
	// All nodes are idle once the manager has heard of them.
	ready := fmt.Sprintf(`test "$(%s sinfo --noheader --Node --states=idle --format=%%N | sort -u | wc -l)" = %d`, variable, len(names))
	if err := first.await("sh", "-c", ready); err != nil {
		return "", fmt.Errorf("the nodes of Slurm do not come up: %w", err)
	}
	return variable, nil
}
