"""Failures of tools that read descriptions: Terraform, Docker, Ansible, nginx, Helm, Bazel, Prisma, TOML."""
