"""The pages people come in by. `shell.install_shell` puts the frame around them."""
