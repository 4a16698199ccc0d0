package host

import (
	"os"
	"path/filepath"
	"testing"
)

// A virtual machine is recognised on every kind of CPU, and bare metal is not taken for one.
func TestVirtualisation(t *testing.T) {
	const (
		x86     = "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse2\n"
		virtual = "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse2 hypervisor lahf_lm\n"
		arm     = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\n"
		product = "sys/class/dmi/id/product_name"
		vendor  = "sys/class/dmi/id/sys_vendor"
	)
	for _, c := range []struct {
		name  string
		cpu   string
		files map[string]string
		want  string
	}{
		{"x86, bare metal", x86, map[string]string{vendor: "Dell Inc.", product: "PowerEdge R640"}, ""},
		{"x86, bare metal of a cloud", x86, map[string]string{vendor: "Amazon EC2", product: "m5.metal"}, ""},
		{"x86, by the flag alone", virtual, nil, "virtual machine"},
		{"x86, with a product", virtual, map[string]string{product: "Standard PC (i440FX + PIIX, 1996)"}, "Standard PC (i440FX + PIIX, 1996)"},
		{"arm64, bare metal", arm, map[string]string{vendor: "Ampere(R)", product: "Mt.Jade"}, ""},
		{"arm64, bare metal with a device tree", arm, map[string]string{"proc/device-tree/compatible": "raspberrypi,4-model-b\x00brcm,bcm2711\x00"}, ""},
		{"arm64 of EC2", arm, map[string]string{vendor: "Amazon EC2", product: "m7g.large"}, "m7g.large"},
		{"arm64 of EC2, bare metal", arm, map[string]string{vendor: "Amazon EC2", product: "m7g.metal"}, ""},
		{"arm64 of Google", arm, map[string]string{vendor: "Google", product: "Google Compute Engine"}, "Google Compute Engine"},
		{"arm64, a telephone of Google", arm, map[string]string{vendor: "Google", product: "Pixel"}, ""},
		{"arm64 of Azure", arm, map[string]string{vendor: "Microsoft Corporation", product: "Virtual Machine"}, "Virtual Machine"},
		{"arm64, a laptop of Microsoft", arm, map[string]string{vendor: "Microsoft Corporation", product: "Surface Pro"}, ""},
		{"arm64, QEMU with firmware", arm, map[string]string{vendor: "QEMU", product: "QEMU Virtual Machine"}, "QEMU Virtual Machine"},
		{"arm64, QEMU or Firecracker with a device tree", arm, map[string]string{"proc/device-tree/compatible": "linux,dummy-virt\x00"}, "virtual machine"},
		{"arm64, Xen", arm, map[string]string{"sys/hypervisor/type": "xen"}, "virtual machine"},
		{"arm64, the device tree has a hypervisor", arm, map[string]string{"proc/device-tree/hypervisor/compatible": "linux,kvm\x00"}, "virtual machine"},
		{"nothing can be read", "", nil, ""},
	} {
		root := t.TempDir()
		files := map[string]string{"proc/cpuinfo": c.cpu}
		for name, text := range c.files {
			files[name] = text
		}
		for name, text := range files {
			file := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := virtualisation(root); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
